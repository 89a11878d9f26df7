"""`{% at "page" page %}`: the address of a page for who has this one open (`seats.Seat`)."""

from __future__ import annotations

from django import template
from django.template.context import RequestContext

from peilstok.collect.seats import Seat

register = template.Library()


@register.simple_tag(takes_context=True)
def at(context: RequestContext, name: str, *args: str) -> str:
    seat: Seat = context["seat"]
    return seat.address(name, *args)
