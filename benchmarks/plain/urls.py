"""The one view."""

from datetime import timedelta

from django.db import transaction
from django.urls import path
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from benchmarks.plain.models import Book, Copy, Event, Loan


class Borrowing(serializers.Serializer):
    book = serializers.PrimaryKeyRelatedField(queryset=Book.objects.all())


class LoanShown(serializers.ModelSerializer):
    class Meta:
        model = Loan
        fields = ("id", "patron", "copy", "borrowed_at", "due_on")


class Loans(APIView):
    """Loans."""

    @transaction.atomic
    def post(self, request: Request) -> Response:
        """Borrows a copy of a book."""
        wanted = Borrowing(data=request.data)
        wanted.is_valid(raise_exception=True)
        book = wanted.validated_data["book"]
        copy = Copy.objects.select_for_update(skip_locked=True).filter(book=book, on_loan=False).first()
        if copy is None:
            return Response({"detail": "There is no copy left."}, status=409)
        copy.on_loan = True
        copy.save(update_fields=["on_loan"])
        due_on = timezone.localdate() + timedelta(days=14)
        loan = Loan.objects.create(patron=request.user, copy=copy, due_on=due_on)
        shown = LoanShown(loan).data
        Event.objects.create(name="BookBorrowed", payload=shown)
        return Response(shown, status=201)


urlpatterns = [path("loans", Loans.as_view())]
