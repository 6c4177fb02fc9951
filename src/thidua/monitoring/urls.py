from django.urls import path

from thidua.monitoring import views

app_name = "monitoring"
urlpatterns = [
    path("board/", views.board, name="board"),
    path("board/excel/", views.excel, name="excel"),
    path("board/remind/", views.remind, name="remind"),
    path("board/extend/", views.extend_many, name="extend_many"),
    path("board/excuse/", views.excuse_many, name="excuse_many"),
    path("marks/", views.marks, name="marks"),
    path("marks/excel/", views.marks_excel, name="marks_excel"),
    path("marks/<slug:kind>/<str:code>/<slug:key>/", views.mark, name="mark"),
    path("marks/<slug:kind>/<str:code>/<slug:key>/set-aside/", views.set_aside, name="set_aside"),
    path("obligations/<int:pk>/", views.obligation, name="obligation"),
    path("obligations/<int:pk>/extend/", views.extend, name="extend"),
    path("obligations/<int:pk>/excuse/", views.excuse, name="excuse"),
    path("obligations/<int:pk>/cancel-extension/", views.cancel_extension, name="cancel_extension"),
    path("obligations/<int:pk>/cancel-excuse/", views.cancel_excuse, name="cancel_excuse"),
]
