//! The types of the document, as one writes them by hand. They do not follow those of the client.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "the fields are only there to be read")]
pub(crate) struct Group {
    pub(crate) id: String,
    pub(crate) user_id: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) parent_group_id: Option<String>,
    pub(crate) data: Option<Map<String, Value>>,
    pub(crate) meta: Option<Map<String, Value>>,
    pub(crate) permissions: Option<Map<String, Value>>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) member_count: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "the fields are only there to be read")]
pub(crate) struct Export {
    pub(crate) id: String,
    pub(crate) user_id: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) parent_group_id: Option<String>,
    pub(crate) data: Option<Map<String, Value>>,
    pub(crate) meta: Option<Map<String, Value>>,
    pub(crate) permissions: Option<Map<String, Value>>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) member_count: Option<i64>,
    pub(crate) user_ids: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "the fields are only there to be read")]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) role: String,
    pub(crate) bio: Option<String>,
    pub(crate) groups: Option<Vec<Value>>,
    #[serde(default)]
    pub(crate) is_active: bool,
    pub(crate) last_active_at: Option<i64>,
    pub(crate) status_emoji: Option<String>,
    pub(crate) status_expires_at: Option<i64>,
    pub(crate) status_message: Option<String>,
    pub(crate) timezone: Option<String>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "the fields are only there to be read")]
pub(crate) struct Member {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) role: String,
    pub(crate) membership_type: String,
    #[serde(default)]
    pub(crate) via_group_ids: Vec<String>,
    pub(crate) bio: Option<String>,
    pub(crate) groups: Option<Vec<Value>>,
    #[serde(default)]
    pub(crate) is_active: bool,
    pub(crate) last_active_at: Option<i64>,
    pub(crate) status_emoji: Option<String>,
    pub(crate) status_expires_at: Option<i64>,
    pub(crate) status_message: Option<String>,
    pub(crate) timezone: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct MembersPage {
    pub(crate) items: Vec<Member>,
    pub(crate) total: usize,
    #[expect(dead_code, reason = "the field is only there to be read")]
    pub(crate) counts: Counts,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "the fields are only there to be read")]
pub(crate) struct Counts {
    pub(crate) direct: i64,
    pub(crate) inherited: i64,
    pub(crate) effective: i64,
}

#[derive(Serialize)]
pub(crate) struct UserIds<'a> {
    pub(crate) user_ids: &'a [String],
}

#[derive(Deserialize)]
pub(crate) struct Problem {
    pub(crate) detail: Value,
}
