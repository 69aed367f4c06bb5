"""The WSGI entry point that a web server loads."""

import os

from django.core.wsgi import get_wsgi_application

from kernel.http.input.bodies import WholeBodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "library.settings")

application = WholeBodies(get_wsgi_application())
