from django.urls import path

from thidua.summaries import views

app_name = "summaries"
urlpatterns = [
    path("", views.list_, name="list"),
    path("prepare/", views.prepare, name="prepare"),
    path("<int:pk>/", views.page, name="page"),
    path("<int:pk>/<slug:part>/", views.file, name="file"),
]
