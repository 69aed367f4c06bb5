"""The WSGI entry point that a web server loads."""

import os
import signal
from pathlib import Path

from django.core.wsgi import get_wsgi_application

from kernel.http.input.bodies import WholeBodies
from library.operations.orphans import end_with_parent
from opac.live.changes_file import ChangesFile
from opac.live.door import LiveStock
from opac.live.snapshot import snapshot

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "library.settings")
if os.environ.get("DRAINING_MARK"):  # one of the processes of operations/web's server; they outlive its first one else
    end_with_parent(signal.SIGTERM)

changes = ChangesFile(snapshot, Path(folder)) if (folder := os.environ.get("LIVE_FOLDER")) else None
application = LiveStock(WholeBodies(get_wsgi_application()), changes)
