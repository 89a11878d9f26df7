"""The addresses of a board's link and of the council's monitor."""

from __future__ import annotations

from django.urls import path

from peilstok.collect.views import answering, calling, monitoring

app_name = "collect"
urlpatterns = [
    path("a/<str:token>/", answering.answer, name="answer"),
    path("a/<str:token>/vraag/<slug:page>/", answering.page, name="page"),
    path("a/<str:token>/vraag/<slug:page>/bewaar/", answering.keep, name="keep"),
    path("a/<str:token>/controle/", answering.check, name="check"),
    path("a/<str:token>/klaar/", answering.done, name="done"),
    path("a/<str:token>/klaar/antwoorden.pdf", answering.pdf, name="pdf"),
    path("a/<str:token>/niet/", answering.refuse, name="refuse"),
    path("raad/metingen/", monitoring.waves, name="waves"),
    path("raad/metingen/<slug:wave>/", monitoring.monitor, name="monitor"),
    path("raad/metingen/<slug:wave>/bellijst/", calling.calls, name="calls"),
    path("raad/metingen/<slug:wave>/bellijst/<str:number>/", calling.call, name="call"),
]
