//! The times in responses, which are sent as seconds since the Unix epoch.

use std::time::{Duration, SystemTime};

use crate::types::{Group, GroupExport, GroupInfo, Member, User};

macro_rules! group_times {
    ($($type:ident),*) => {
        $(impl $type {
            /// Returns when the group was created. [`SystemTime::UNIX_EPOCH`] if the system cannot
            /// represent the time.
            pub fn created_at(&self) -> SystemTime {
                system_time(self.created_at).unwrap_or(SystemTime::UNIX_EPOCH)
            }

            /// Returns when the group or its direct members last changed.
            /// [`SystemTime::UNIX_EPOCH`] if the system cannot represent the time.
            pub fn updated_at(&self) -> SystemTime {
                system_time(self.updated_at).unwrap_or(SystemTime::UNIX_EPOCH)
            }
        })*
    };
}

macro_rules! user_times {
    ($($type:ident),*) => {
        $(impl $type {
            /// Returns when the user was last active. `None` if the server does not report it, or
            /// if the system cannot represent the time.
            pub fn last_active_at(&self) -> Option<SystemTime> {
                system_time(self.last_active_at?)
            }

            /// Returns when the status of the user expires. `None` if the server does not report
            /// it, or if the system cannot represent the time.
            pub fn status_expires_at(&self) -> Option<SystemTime> {
                system_time(self.status_expires_at?)
            }
        })*
    };
}

group_times!(Group, GroupExport, GroupInfo);
user_times!(Member, User);

fn system_time(seconds: i64) -> Option<SystemTime> {
    let distance = Duration::from_secs(seconds.unsigned_abs());
    match seconds {
        0.. => SystemTime::UNIX_EPOCH.checked_add(distance),
        _ => SystemTime::UNIX_EPOCH.checked_sub(distance),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn group(created_at: i64, updated_at: i64) -> Group {
        serde_json::from_value(json!({
            "id": "g", "user_id": "u", "name": "", "description": "",
            "created_at": created_at, "updated_at": updated_at
        }))
        .unwrap()
    }

    #[test]
    fn times_are_seconds_since_the_epoch() {
        let group = group(1_700_000_000, -1);
        let since = |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH);
        assert_eq!(since(group.created_at()).unwrap().as_secs(), 1_700_000_000);
        let before = since(group.updated_at()).unwrap_err();
        assert_eq!(before.duration().as_secs(), 1);
    }

    #[test]
    fn a_time_out_of_range_is_no_panic() {
        let group = group(i64::MAX, i64::MIN);
        let _ = (group.created_at(), group.updated_at());
    }

    #[test]
    fn a_user_may_have_no_times() {
        let user = json!({"id": "u", "name": "", "email": "", "role": "user"});
        let user: User = serde_json::from_value(user).unwrap();
        assert_eq!(
            (user.last_active_at(), user.status_expires_at()),
            (None, None)
        );
    }
}
