"""The task queue's broker, which is the database or Redis."""

from django.conf import settings


def broker_faults(*of_database: type[Exception]) -> tuple[type[Exception], ...]:
    """What a broker that is away raises: these errors of a database, and Redis' where that is the broker."""
    if not settings.REDIS_URL:
        return of_database
    from redis.exceptions import RedisError  # noqa: PLC0415  (large, and seldom needed: decision 36)

    return *of_database, RedisError
