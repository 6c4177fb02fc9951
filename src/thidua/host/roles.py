"""The two roles of a database: one owns the tables and changes them, the other runs the application.

The embedded database gets them by itself. For a PostgreSQL of one's own ``thidua roles`` prints these statements, or
runs them: they make the roles, the database and its extensions, give each what it may do, and are safe to repeat.
After a restore, under these names or others, they put all in order again.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from thidua.host.process import HostError

EXTENSIONS = ("pg_trgm", "btree_gist", "unaccent")
# What a restore as another role left behind becomes the owner's. What an extension or a column made goes with these.
TAKE_OVER = """do $$
declare
    statement text;
begin
    for statement in
        select format('alter %s %s owner to {owner}',
                      case c.relkind when 'S' then 'sequence' when 'v' then 'view' else 'table' end, c.oid::regclass)
          from pg_class c
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'S')
           and pg_get_userbyid(c.relowner) <> {name}
           and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
                                                     and d.deptype in ('e', 'i', 'a'))
        union all
        select format('alter routine %s owner to {owner}', p.oid::regprocedure)
          from pg_proc p
         where p.pronamespace = 'public'::regnamespace and pg_get_userbyid(p.proowner) <> {name}
           and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid
                                                     and d.deptype = 'e')
        union all
        select format('alter type %s owner to {owner}', t.oid::regtype)
          from pg_type t left join pg_class c on c.oid = t.typrelid
         where t.typnamespace = 'public'::regnamespace and pg_get_userbyid(t.typowner) <> {name}
           and (t.typtype in ('e', 'd') or c.relkind = 'c')
           and not exists (select from pg_depend d where d.classid = 'pg_type'::regclass and d.objid = t.oid
                                                     and d.deptype = 'e')
    loop
        execute statement;
    end loop;
end $$"""
# What rooms keep shut for everybody but the owner, they shut again (ledger, migration 0009).
GUARD = """do $$
begin
    if to_regprocedure('public.ledger_guard()') is not null then
        perform public.ledger_guard();
    end if;
end $$"""


@dataclass(frozen=True)
class Roles:
    """Names as they are, and what each shows to come in."""

    owner: str
    app: str
    owner_password: str
    app_password: str
    database: str


def of_addresses(application: str, owners: str) -> Roles:
    """The roles that DATABASE_URL and DATABASE_OWNER_URL name. Refuses where there are not two."""
    if not application:
        raise HostError("The embedded database makes its roles itself. For another one set DATABASE_URL.")
    app, owner = urlsplit(application), urlsplit(owners)
    if not (app.username and owner.username) or app.username == owner.username:
        raise HostError(
            "DATABASE_URL and DATABASE_OWNER_URL name the two roles; set both, each with a role of its own."
        )
    if not (app.password and owner.password):
        raise HostError("DATABASE_URL and DATABASE_OWNER_URL hold the passwords that the roles get; set both.")
    return Roles(
        owner=unquote(owner.username),
        app=unquote(app.username),
        owner_password=unquote(owner.password),
        app_password=unquote(app.password),
        database=unquote(app.path.lstrip("/")),
    )


def of_server(roles: Roles) -> list[str]:
    """Statements for the server, in any of its databases. No password stands in them, only what proves it."""
    found = []
    for name, password in ((roles.owner, roles.owner_password), (roles.app, roles.app_password)):
        known = f"if not exists (select from pg_roles where rolname = {_text(name)})"
        found += [
            f"do $$ begin {known} then create role {_name(name)}; end if; end $$",
            f"alter role {_name(name)} login password {_text(_proof(name, password))}",
        ]
    return found


def of_database(roles: Roles) -> list[str]:
    """Statements for the database itself."""
    owner, app = _name(roles.owner), _name(roles.app)
    return [
        f"alter database {_name(roles.database)} owner to {owner}",
        f"grant usage, create on schema public to {owner}",
        f"grant usage on schema public to {app}",
        *of_the_whole(roles.database, roles.app),
        *(f"create extension if not exists {name}" for name in EXTENSIONS),
        TAKE_OVER.replace("{owner}", owner.replace("'", "''")).replace("{name}", _text(roles.owner)),
        f"revoke all on all tables in schema public from {app}",
        f"grant select, insert, update, delete on all tables in schema public to {app}",
        f"grant usage, select, update on all sequences in schema public to {app}",
        *of_new_tables(roles.owner, roles.app),
        GUARD,
    ]


def of_the_whole(database: str, app: str) -> list[str]:
    """The application makes nothing, not even a temporary table: on a table of one's own all functions can be hung."""
    return [
        f"revoke create on schema public from public, {_name(app)}",
        f"revoke create, temporary on database {_name(database)} from public, {_name(app)}",
    ]


def of_new_tables(owner: str, app: str) -> list[str]:
    """What the application may do with tables that the owner makes later: read and write, never TRUNCATE."""
    grant = f"alter default privileges for role {_name(owner)} grant"
    return [
        f"{grant} select, insert, update, delete on tables to {_name(app)}",
        f"{grant} usage, select, update on sequences to {_name(app)}",
    ]


def script(roles: Roles) -> str:
    """All of it for psql, by a superuser."""
    made = f"select format('create database %I owner %I', {_text(roles.database)}, {_text(roles.owner)})"
    made += f" where not exists (select from pg_database where datname = {_text(roles.database)}) \\gexec"
    first = [f"{each};" for each in of_server(roles)]
    then = [f"{each};" for each in of_database(roles)]
    return "\n".join(["\\set ON_ERROR_STOP on", *first, made, f"\\connect {_name(roles.database)}", *then])


def make(roles: Roles, superuser: str) -> None:
    """Run it all, by the address of a superuser."""
    import psycopg

    try:
        with psycopg.connect(superuser, autocommit=True) as server:
            for statement in of_server(roles):
                server.execute(statement)
            if not server.execute("select 1 from pg_database where datname = %s", [roles.database]).fetchone():
                server.execute(f"create database {_name(roles.database)} owner {_name(roles.owner)}")
        with psycopg.connect(superuser, dbname=roles.database, autocommit=True) as database:
            database.execute("set client_min_messages = warning")
            for statement in of_database(roles):
                database.execute(statement)
    except psycopg.Error as error:
        raise HostError(f"The roles could not be made: {str(error).strip()}") from error


def _proof(name: str, password: str) -> str:
    """What the server keeps of a password (SCRAM), so that the password itself stands in no statement and no log."""
    from psycopg import pq

    unconnected = pq.PGconn.connect(b"host=/nonexistent")
    return unconnected.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()


def _name(text: str) -> str:
    from psycopg import sql

    return sql.Identifier(text).as_string(None)


def _text(text: str) -> str:
    from psycopg import sql

    return sql.Literal(text).as_string(None).strip()
