from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "peilstok.accounts"
    label = "accounts"
