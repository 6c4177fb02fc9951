from django.urls import path

from thidua.dossiers import views

app_name = "dossiers"
urlpatterns = [
    path("", views.list_, name="list"),
    path("excel/", views.excel, name="excel"),
    path("begin/", views.begin, name="begin"),
    path("f/<slug:slug>/", views.short, name="short"),
    path("f/<slug:slug>/qr.svg", views.qr, name="qr"),
    path("links/", views.links, name="links"),
    path("review/", views.review, name="review"),
    path("review/accept/", views.accept_many, name="accept_many"),
    path("files/<int:pk>/", views.file, name="file"),
    path("files/<int:pk>/detach/", views.detach, name="detach"),
    path("authors/<int:pk>/confirm/", views.confirm, name="confirm"),
    path("<int:pk>/", views.page, name="page"),
    path("<int:pk>/form/", views.form, name="form"),
    path("<int:pk>/save/", views.save, name="save"),
    path("<int:pk>/autosave/", views.autosave, name="autosave"),
    path("<int:pk>/conflict/", views.conflict, name="conflict"),
    path("<int:pk>/attach/", views.attach, name="attach"),
    path("<int:pk>/versions/", views.versions, name="versions"),
    path("<int:pk>/word/", views.word, name="word"),
    path("<int:pk>/print/", views.print_, name="print"),
    path("<int:pk>/present/", views.present, name="present"),
    path("<int:pk>/recall/", views.recall, name="recall"),
    path("<int:pk>/submit/", views.submit, name="submit"),
    path("<int:pk>/close/", views.close, name="close"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("<int:pk>/accept/", views.accept, name="accept"),
    path("<int:pk>/return/", views.return_, name="return_"),
    path("<int:pk>/progress/", views.report_progress, name="report_progress"),
]
