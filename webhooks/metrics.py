"""What is counted where webhooks are sent."""

from prometheus_client import Counter

ATTEMPTS = Counter("library_webhook_attempts", "Attempts to send webhooks, by their outcome", ["outcome"])
