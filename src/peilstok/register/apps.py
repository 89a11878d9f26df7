from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "peilstok.register"
    label = "register"
