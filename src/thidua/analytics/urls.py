from django.urls import path

from thidua.analytics import views

app_name = "analytics"
urlpatterns = [
    path("", views.list_, name="list"),
    path("excel/", views.list_excel, name="list_excel"),
    path("import/", views.hand_in, name="import"),
    path("uploads/<int:pk>/", views.upload, name="upload"),
    path("uploads/<int:pk>/check/", views.check_again, name="check_again"),
    path("uploads/<int:pk>/confirm/", views.confirm, name="confirm"),
    path("uploads/<int:pk>/drop/", views.drop, name="drop"),
    path("uploads/<int:pk>/coloured/", views.coloured, name="coloured"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("<int:pk>/export/", views.export, name="export"),
]
