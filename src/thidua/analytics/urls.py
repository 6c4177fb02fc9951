from django.urls import path

from thidua.analytics import views

app_name = "analytics"
urlpatterns = [
    path("", views.list_, name="list"),
    path("import/", views.import_records, name="import"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("<int:pk>/export/", views.export, name="export"),
]
