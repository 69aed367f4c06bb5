"""The addresses of statistics on the staff side."""

from django.contrib import admin
from django.urls import path

from reporting.pages.views import cross, report

app_name = "statistics"
urlpatterns = [
    path("", admin.site.admin_view(report), name="report"),
    path("table/", admin.site.admin_view(cross), name="table"),
]
