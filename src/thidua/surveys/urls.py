from django.urls import path

from thidua.surveys import views

app_name = "surveys"
urlpatterns = [
    path("", views.list_, name="list"),
    path("open/", views.open_, name="open"),
    path("a/<slug:token>/", views.answer, name="answer"),
    path("a/<slug:token>/thanks/", views.thanks, name="thanks"),
    path("<int:pk>/", views.page, name="page"),
    path("<int:pk>/close/", views.close, name="close"),
    path("<int:pk>/excel/", views.excel, name="excel"),
    path("<int:pk>/words/excel/", views.words_excel, name="words_excel"),
    path("<int:pk>/posters/", views.posters, name="posters"),
]
