-- What a borrow writes, for pgbench: the account's lock and standing, a copy, the loan, its line, the event, deliveries.
\set patron random(:first_patron, :last_patron)
\set book random(:first_book, :last_book)
BEGIN;
SELECT user_id FROM lending_patron WHERE user_id = :patron FOR UPDATE;
SELECT
    (SELECT coalesce(sum(owed), 0) FROM lending_debt WHERE patron_id = :patron AND owed > 0),
    (SELECT count(*) FROM lending_loanline l JOIN lending_loan o ON o.id = l.loan_id
        WHERE o.patron_id = :patron AND o.status = 'active' AND coalesce(l.ending, '') = ''),
    (SELECT coalesce(sum(quantity), 0) FROM lending_loan WHERE patron_id = :patron AND status = 'requested');
SELECT id AS copy FROM lending_copy WHERE book_id = :book AND place = 'shelf' AND condition = 'ok' AND NOT withdrawn AND for_loan
    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED \gset
UPDATE lending_copy SET place = 'loan', moves = moves + 1 WHERE id = :copy;
INSERT INTO lending_loan (patron_id, book_id, title, quantity, status, requested_at, borrowed_at, due_on, renewals,
        cancel_reason, version)
    VALUES (:patron, :book, 'A title of its own', 1, 'active', now(), now(), current_date + 14, 0, '', 1)
    RETURNING id AS loan \gset
INSERT INTO lending_loanline (loan_id, copy_id, ending) VALUES (:loan, :copy, '');
INSERT INTO eventbus_event (uuid, name, key, occurred_at, payload, correlation_id)
    VALUES (gen_random_uuid(), 'BookBorrowed', 'loan:' || :loan, now(), jsonb_build_object('loan', :loan::bigint, 'version', 1,
        'patron', :patron::bigint, 'book', :book::bigint, 'title', 'A title of its own', 'status', 'active', 'quantity', 1,
        'outstanding', 1, 'due_on', current_date + 14, 'occurred_at', now()), gen_random_uuid())
    RETURNING id AS event \gset
INSERT INTO eventbus_delivery (event_id, handler, key, status, attempts, error) VALUES
    (:event, 'catalog.handlers.follow_copies', 'loan:' || :loan, 'waiting', 0, ''),
    (:event, 'dashboard.handlers.show_loan', 'loan:' || :loan, 'waiting', 0, '');
COMMIT;
