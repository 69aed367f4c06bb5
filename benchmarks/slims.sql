-- Empties a SLiMS 9.7 and fills it for benchmarks/beside_slims.py: 10,000 books, 60,000 items of which 30,001 to 60,000
-- are lent, and 20,000 members who may have any number.
SET sql_mode = '';

DELETE FROM loan;
DELETE FROM item;
DELETE FROM biblio_author;
DELETE FROM search_biblio;
DELETE FROM biblio;
DELETE FROM member;

INSERT INTO biblio (
    biblio_id, gmd_id, title, isbn_issn, publisher_id, publish_year, language_id, publish_place_id, classification,
    call_number, notes, input_date, last_update
)
SELECT
    seq,
    1,
    concat(
        'The ',
        elt(1 + seq % 8, 'river', 'night', 'house', 'garden', 'winter', 'letter', 'music', 'island'),
        ' of ',
        elt(1 + seq % 11, 'memory', 'glass', 'light', 'dust', 'silver', 'birds', 'snow', 'salt', 'wind', 'maps', 'stars'),
        ' ',
        seq
    ),
    concat('978', lpad(seq, 10, '0')),
    1, 1990 + seq % 30, 'en', 1, seq % 900, concat(seq % 900, ' A'), '', now(), now()
FROM seq_1_to_10000;

INSERT INTO biblio_author (biblio_id, author_id, level)
SELECT seq, 1, 1 FROM seq_1_to_10000;

INSERT INTO item (biblio_id, item_code, coll_type_id, location_id, item_status_id, source, input_date, last_update)
SELECT 1 + (seq - 1) % 10000, concat('C', lpad(seq, 6, '0')), 1, 'SL', '0', 1, now(), now() FROM seq_1_to_60000;

INSERT INTO search_biblio (
    biblio_id, title, isbn_issn, author, topic, gmd, publisher, publish_place, language, classification, publish_year,
    call_number, opac_hide, promoted, input_date, last_update, carrier_type, content_type, media_type
)
SELECT
    biblio_id, title, isbn_issn, 'Somebody, One', '', 'Text', 'P', 'P', 'English', classification, publish_year,
    call_number, 0, 0, now(), now(), '', '', ''
FROM biblio;

INSERT INTO member (
    member_id, member_name, gender, member_type_id, member_email, member_since_date, register_date, expire_date,
    is_pending, input_date, last_update, is_new
)
SELECT
    concat('M', lpad(seq, 6, '0')), concat('Member ', seq), 1, 1, '', curdate(), curdate(),
    date_add(curdate(), INTERVAL 5 YEAR), 0, curdate(), curdate(), 0
FROM seq_1_to_20000;

UPDATE mst_member_type SET loan_limit = 1000 WHERE member_type_id = 1;

INSERT INTO loan (
    item_code, member_id, loan_date, due_date, renewed, loan_rules_id, is_lent, is_return, input_date, last_update, uid
)
SELECT
    concat('C', lpad(seq, 6, '0')), concat('M', lpad(1 + seq % 20000, 6, '0')), curdate(),
    date_add(curdate(), INTERVAL 7 DAY), 0, 0, 1, 0, now(), now(), 1
FROM seq_30001_to_60000;
