"""The addresses of a board's link, of other links in its mails, and of the council's monitor."""

from __future__ import annotations

from django.urls import path

from peilstok.collect.views import answering, mailing, monitoring

app_name = "collect"
urlpatterns = [
    path("a/<str:token>/", answering.answer, name="answer"),
    path("a/<str:token>/vraag/<slug:page>/", answering.page, name="page"),
    path("a/<str:token>/vraag/<slug:page>/bewaar/", answering.keep, name="keep"),
    path("a/<str:token>/controle/", answering.check, name="check"),
    path("a/<str:token>/klaar/", answering.done, name="done"),
    path("a/<str:token>/klaar/antwoorden.pdf", answering.pdf, name="pdf"),
    path("a/<str:token>/niet/", answering.refuse, name="refuse"),
    path("geen-mail/<str:given>/", mailing.stop, name="stop"),
    path("voorbeeld/<slug:wave>/<str:given>/", mailing.shown, name="preview"),
    path("raad/metingen/", monitoring.waves, name="waves"),
    path("raad/metingen/<slug:wave>/", monitoring.monitor, name="monitor"),
]
