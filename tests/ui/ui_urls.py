"""The addresses that the frame itself names, without the rooms above it."""

from django.urls import include, path

urlpatterns = [path("language/", include("thidua.ui.urls")), path("account/", include("allauth.urls"))]
