"""Which tests start programs and mostly wait for them, or take long by themselves: a stage of its own, beside the runs
on the databases.

`tests/stages.py` runs the stages.
"""

from pathlib import Path

import pytest

HERE = Path(__file__).parent
PROGRAMS = (
    "containers/test_replacement.py",
    "stories/test_chaos.py",
    "containers/test_manifests.py",
    "containers/test_services.py",
    "api/test_generated_client.py",
    "lending/importing/test_moving_in.py",
    "stories/test_operations.py",
    "stories/test_scans.py",
    "stories/test_kept_at_work.py",
    "stories/test_killed_cluster.py",
    "stories/test_redeploy.py",
    "stories/test_new_team.py",
    "stories/test_databases_apart.py",
    "reporting/test_database_of_its_own.py",
    "stories/test_replica.py",
    "stories/test_two_releases.py",
    "operations/test_backup.py",
    "operations/test_damaged_archives.py",
    "stories/test_listener.py",
    "stories/test_readme.py",
    "containers/test_image.py",
    "browser/test_live_stock.py",
    "browser/test_site_card.py",
    "browser/test_please_wait.py",
    "browser/test_site_looks.py",
    "browser/test_site_loans.py",
    "browser/test_finding.py",
    "browser/test_day_round.py",
    "browser/test_desk.py",
    "browser/test_importing.py",
    "browser/test_going_back.py",
    "browser/test_widths.py",
    "test_clock.py",
    "stories/test_leaving.py",
    "deploy/test_running.py",
    "test_servers.py",
    "watching/test_logs.py",
    "watching/test_story.py",
    "eventbus/test_redis.py",
    "pipeline/test_smoke.py",
    "pipeline/test_rolling_out.py",
    "test_settings.py",
    "test_processes.py",
    "test_command_line.py",
    "test_port.py",
    "api/test_bodies_without_length.py",
    "test_worker.py",
    "test_proxy.py",
)
"""The longest first, so that none is left over when all others are done."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts them in that order, behind all others."""
    places = {HERE / name: place for place, name in enumerate(PROGRAMS)}
    items.sort(key=lambda item: places.get(item.path, -1))
