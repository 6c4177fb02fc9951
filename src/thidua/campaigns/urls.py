from django.urls import path

from thidua.campaigns import views

app_name = "campaigns"
urlpatterns = [
    path("plan/", views.plan, name="plan"),
    path("indices/", views.indices, name="indices"),
    path("versions/", views.versions, name="versions"),
    path("versions/load/", views.load, name="load"),
    path("versions/<int:pk>/", views.version, name="version"),
    path("versions/<int:pk>/publish/", views.publish, name="publish"),
    path("versions/<int:pk>/publish/excel/", views.publish_excel, name="publish_excel"),
    path("versions/<int:pk>/file/", views.file, name="file"),
]
