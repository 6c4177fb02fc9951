from django.urls import path

from thidua.exchange import views

app_name = "exchange"
urlpatterns = [
    path("", views.exports, name="exports"),
    path("<uuid:token>/", views.export, name="export"),
    path("<uuid:token>/file/", views.file, name="file"),
]
