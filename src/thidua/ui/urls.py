from django.urls import path

from thidua.ui import views

app_name = "ui"
urlpatterns = [
    path("", views.set_language, name="set_language"),
    path("look/", views.set_theme, name="set_theme"),
]
