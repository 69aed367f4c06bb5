"""The WSGI entry point that a web server loads."""

import os
from functools import partial

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from kernel.http.input.bodies import WholeBodies
from library.operations.web.batched import answer_in_batches
from library.operations.web.garbage import spare_what_is_loaded
from library.operations.web.kept import WithKeptStatements, kept_for_looks
from library.operations.web.lanes import Lanes, serve_in_lanes
from library.operations.web.later import answer_later
from library.operations.web.one_at_a_time import OneAtATime
from library.operations.web.readers import Readers, read_bodies_first
from opac.live.door import PATH, LiveStock, answer_with_news

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "library.settings")

application = WithKeptStatements(
    LiveStock(WholeBodies(get_wsgi_application())),
    scans=settings.KEPT_FOR_DESK,
    looks=kept_for_looks(settings.WEB_THREADS),
)
lanes = OneAtATime if all("sqlite" in one["ENGINE"] for one in settings.DATABASES.values()) else Lanes
serve_in_lanes(partial(lanes, settings.WEB_THREADS, settings.KEPT_FOR_DESK))
answer_in_batches("lending.api.crowd.answering.answer_with_others", settings.WEB_THREADS)
read_bodies_first(partial(Readers, max(1, settings.WEB_THREADS // 2)))
answer_later(PATH, answer_with_news)
spare_what_is_loaded()
