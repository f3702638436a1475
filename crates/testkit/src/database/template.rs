//! The migrated template: built once for each content of `migrations/`, then only copied.

use super::cluster::Cluster;
use anyhow::Context;
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, PgConnection, migrate::Migrator, postgres::PgPoolOptions};
use tokio::sync::OnceCell;

pub(super) const TEMPLATE_PREFIX: &str = "repruv_template_";

#[derive(Debug, Clone)]
pub(super) struct Template {
    name: String,
    /// What `CREATE DATABASE … TEMPLATE` leaves out, with `%DB%` for the copy's name.
    extras: Vec<String>,
}

/// One look for each test process.
static TEMPLATE: OnceCell<Template> = OnceCell::const_new();

pub(super) async fn of_migrations(cluster: &Cluster) -> &'static Template {
    let found = TEMPLATE.get_or_try_init(|| find_or_build(cluster)).await;
    found.unwrap_or_else(|error| panic!("cannot build the tests' template database: {error:#}"))
}

async fn find_or_build(cluster: &Cluster) -> anyhow::Result<Template> {
    let migrator = read_migrations().await?;
    let name = format!("{TEMPLATE_PREFIX}{}", fingerprint(&migrator));
    let mut lock = cluster.lock().await;
    // The flag is set last: a template without it is one whose building was cut short.
    let built: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datistemplate)")
            .bind(&name)
            .fetch_one(&mut lock.admin)
            .await?;
    lock.sweep(&name).await?;
    if !built {
        lock.drop_database(&name).await?;
        cluster.create(&name, "template0", &[]).await;
        migrate(cluster, &name).await?;
        lock.make_logins().await?;
        let closed = format!("ALTER DATABASE {name} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false");
        sqlx::query(AssertSqlSafe(closed)).execute(&mut lock.admin).await?;
    }
    let extras = extras(&mut lock.admin, &name).await?;
    lock.release().await?;
    Ok(Template { name, extras })
}

/// Runs the migrations. The caller holds the lock.
pub(super) async fn migrate(cluster: &Cluster, name: &str) -> anyhow::Result<()> {
    let migrator = read_migrations().await?;
    let owner = cluster.options(super::Role::Owner).database(name);
    // A pool, because the future over a borrowed connection is not `Send`.
    let pool = PgPoolOptions::new().max_connections(1).connect_with(owner).await?;
    let done = migrator.run(&pool).await;
    pool.close().await;
    Ok(done?)
}

async fn read_migrations() -> anyhow::Result<Migrator> {
    // Looked for at run time: clones that share a target directory share this crate's build too. Cargo runs tests and
    // benches in the folder of their package.
    let here = std::env::current_dir()?;
    let folder = here.ancestors().map(|folder| folder.join("migrations")).find(|path| path.is_dir());
    let folder = folder.with_context(|| format!("no folder `migrations` above {}", here.display()))?;
    let read = Migrator::new(folder.as_path()).await;
    read.with_context(|| format!("reading {}", folder.display()))
}

/// 16 hex digits over version, name and content of every migration.
fn fingerprint(migrator: &Migrator) -> String {
    let mut hash = Sha256::new();
    for migration in migrator.iter() {
        hash.update(migration.version.to_be_bytes());
        hash.update(migration.description.as_bytes());
        hash.update(&migration.checksum);
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// PostgreSQL copies neither the rights on a database (`GRANT … ON DATABASE`) nor its settings
/// (`ALTER DATABASE … SET`): without them a test of rights would test nothing.
async fn extras(admin: &mut PgConnection, template: &str) -> anyhow::Result<Vec<String>> {
    let statements = sqlx::query_scalar(
        "WITH source AS (SELECT oid, datacl FROM pg_database WHERE datname = $1)
         SELECT 'REVOKE ALL ON DATABASE %DB% FROM PUBLIC' FROM source WHERE datacl IS NOT NULL
         UNION ALL
         SELECT 'GRANT ' || acl.privilege_type || ' ON DATABASE %DB% TO '
                || coalesce(quote_ident(role.rolname), 'PUBLIC')
                || CASE WHEN acl.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
         FROM source, aclexplode(source.datacl) AS acl
         LEFT JOIN pg_roles AS role ON role.oid = acl.grantee
         UNION ALL
         SELECT 'ALTER ' || coalesce('ROLE ' || quote_ident(role.rolname) || ' IN ', '')
                || 'DATABASE %DB% SET ' || split_part(entry, '=', 1) || ' TO '
                -- A search path is a list; quoted whole it would be one odd name.
                || CASE WHEN entry LIKE 'search_path=%' THEN substr(entry, 13)
                        ELSE quote_literal(substr(entry, strpos(entry, '=') + 1)) END
         FROM source
         JOIN pg_db_role_setting AS setting ON setting.setdatabase = source.oid
         CROSS JOIN unnest(setting.setconfig) AS entry
         LEFT JOIN pg_roles AS role ON role.oid = setting.setrole",
    );
    Ok(statements.bind(template).fetch_all(admin).await?)
}

impl Template {
    pub(super) async fn copy_to(&self, cluster: &Cluster, name: &str) {
        let extras: Vec<_> = self.extras.iter().map(|sql| sql.replace("%DB%", name)).collect();
        cluster.create(name, &self.name, &extras).await;
    }
}
