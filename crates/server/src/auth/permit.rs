//! Permissions as types, so that a route of staff names the one that it needs and cannot forget to check it.

use contract::access::Permission;

/// A permission that a route needs.
pub trait Permit: Send + Sync + 'static {
    /// Which.
    const PERMISSION: Permission;
}

macro_rules! permits {
    ($($name:ident),+ $(,)?) => {
        $(
            #[doc = concat!("[`Permission::", stringify!($name), "`]")]
            #[derive(Debug)]
            pub struct $name;

            impl Permit for $name {
                const PERMISSION: Permission = Permission::$name;
            }
        )+
    };
}

permits!(
    RecordsRead,
    AuditRead,
    DemoModeChange,
    JobCancel,
    JobRetry,
    JobReschedule,
    CaseFix,
    BulkRun,
    BulkApprove,
    QueueResume,
    QueuePause,
    ErrorWordsWrite,
    SessionRevoke,
    SessionRevokeAll,
    StaffManage,
);
