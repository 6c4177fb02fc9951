"""What every page needs and no table holds."""

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
THEMES = {"light", "dark"}
THEME_COOKIE = "theme"


def shell(request):
    current = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
    theme = request.COOKIES.get(THEME_COOKIE, "") if request else ""
    return {
        "organisation": settings.ORGANISATION,
        "html_lang": current,
        "languages": [
            {"code": code, "name": name, "short": code.upper(), "is_current": code == current}
            for code, name in LANGUAGES.items()
        ],
        "theme": theme if theme in THEMES else "",
        "today": timezone.localdate(),
        "is_trial": settings.IS_TRIAL,
        "upload_limit": settings.UPLOAD_LIMIT,
    }
