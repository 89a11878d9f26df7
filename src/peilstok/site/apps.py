from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "peilstok.site"
    label = "site"
