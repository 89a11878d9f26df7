from django.apps import AppConfig


class PublishConfig(AppConfig):
    name = "peilstok.publish"
    label = "publish"
