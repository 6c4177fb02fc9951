from django.urls import path

from thidua.documents import views

app_name = "documents"
urlpatterns = [
    path("", views.list_, name="list"),
    path("<slug:key>/", views.template, name="template"),
    path("<slug:key>/download/", views.download, name="download"),
    path("<slug:key>/replace/", views.replace, name="replace"),
    path("<slug:key>/restore/", views.restore, name="restore"),
]
