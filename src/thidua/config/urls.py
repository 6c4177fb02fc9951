"""Every address. A room's addresses live in its own urls.py; here is only where each room hangs."""

from django.urls import include, path
from django.views.generic import RedirectView

from thidua.config.api import api, describe
from thidua.people.views.account import add_key, callback
from thidua.ui import views as ui_views

handler400 = ui_views.bad_request
handler403 = ui_views.forbidden
handler404 = ui_views.not_found
handler429 = ui_views.too_often  # of allauth
handler500 = ui_views.server_error

urlpatterns = [
    path("", include("thidua.desk.urls")),
    path("campaigns/", include("thidua.campaigns.urls")),
    path("dossiers/", include("thidua.dossiers.urls")),
    path("reports/", include("thidua.reports.urls")),
    path("apologies/", include("thidua.apologies.urls")),
    path("monitoring/", include("thidua.monitoring.urls")),
    path("summaries/", include("thidua.summaries.urls")),
    path("documents/", include("thidua.documents.urls")),
    path("surveys/", include("thidua.surveys.urls")),
    path("exports/", include("thidua.exchange.urls")),
    path("records/", include("thidua.analytics.urls")),
    path("people/", include("thidua.people.urls")),
    path("account/", RedirectView.as_view(pattern_name="people:account"), name="account_elsewhere"),
    path("account/oidc/<str:provider_id>/login/callback/", callback, name="openid_connect_callback"),
    path("account/2fa/webauthn/add/", add_key, name="mfa_add_webauthn"),
    path("account/", include("allauth.urls")),
    path("language/", include("thidua.ui.urls")),
    path("api/v1/", api.urls),
    path("docs/api/", describe, name="api_docs"),
]
