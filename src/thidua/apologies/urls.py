from django.urls import path

from thidua.apologies import views

app_name = "apologies"
urlpatterns = [
    path("", views.list_, name="list"),
    path("excel/", views.excel, name="excel"),
    path("runs/<int:pk>/", views.run, name="run"),
    path("runs/<int:pk>/write-again/", views.write_again, name="write_again"),
    path("runs/<int:pk>/word/", views.word, name="word"),
]
