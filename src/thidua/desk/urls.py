from django.urls import path

from thidua.desk import views

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("overview/", views.overview, name="overview"),
    path("search/", views.search, name="search"),
    path("trail/", views.trail, name="trail"),
    path("trail/excel/", views.trail_excel, name="trail_excel"),
]
