from django.urls import path

from thidua.monitoring import views

app_name = "monitoring"
urlpatterns = [
    path("board/", views.board, name="board"),
    path("board/excel/", views.excel, name="excel"),
    path("board/remind/", views.remind, name="remind"),
    path("obligations/<int:pk>/", views.obligation, name="obligation"),
    path("obligations/<int:pk>/extend/", views.extend, name="extend"),
    path("obligations/<int:pk>/excuse/", views.excuse, name="excuse"),
]
