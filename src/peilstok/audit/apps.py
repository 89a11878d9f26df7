from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "peilstok.audit"
    label = "audit"
