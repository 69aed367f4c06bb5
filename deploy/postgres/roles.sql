-- The two roles of a library and its database. As a superuser, once for each database:
--
--   psql --set=database=library --set=owner=library_owner --set=role=library_app --file=deploy/postgres/roles.sql
--
-- Then give each a password with \password, which writes it into no file and no history. The owner migrates, restores
-- and makes backups; web and worker sign in as the other. `manage.py migrate` with DATABASE_ROLE grants it what it needs.

\set ON_ERROR_STOP on

SELECT format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION', name)
FROM unnest(ARRAY[:'owner', :'role']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
CREATE DATABASE :"database" OWNER :"owner" ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;

REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO :"role";

\connect :"database"

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO :"owner";
GRANT USAGE ON SCHEMA public TO :"role";
