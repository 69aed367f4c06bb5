"""The address of the event log."""

from django.urls import path

from kernel.eventbus.stream.api import Events

urlpatterns = [path("events", Events.as_view())]
