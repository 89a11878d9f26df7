from django.apps import AppConfig


class CollectConfig(AppConfig):
    name = "peilstok.collect"
    label = "collect"
