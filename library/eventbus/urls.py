"""The address of the event log."""

from django.urls import path

from library.eventbus.api import Events

urlpatterns = [path("events", Events.as_view())]
