//! Permissions.

use serde_json::json;

use super::{Outcome::Taken, Row, optional, reference, required, schemas};

pub(super) const RELEASES: &[Row] = &[
    ("permission of a category", Taken, |document| {
        optional(
            document,
            "ChatPermissions",
            "shout",
            json!({"type": "boolean", "default": false}),
        );
        optional(
            document,
            "WorkspacePermissions",
            "agents_export",
            json!({"type": "boolean", "default": true, "title": "Agents Export"}),
        );
        optional(
            document,
            "FeaturesPermissions",
            "mind-maps",
            json!({"type": "boolean"}),
        );
    }),
    ("category of permissions", Taken, |document| {
        schemas(document)["CalendarPermissions"] = json!({"type": "object",
            "title": "CalendarPermissions",
            "properties": {"read": {"type": "boolean", "default": true},
                "type": {"type": "boolean", "default": false}}});
        required(
            document,
            "UserPermissions",
            "calendar",
            reference("CalendarPermissions"),
        );
    }),
    (
        "permissions that are not a boolean in a category",
        Taken,
        |document| {
            optional(
                document,
                "ChatPermissions",
                "max_files",
                json!({"type": "integer", "default": 5}),
            );
            optional(
                document,
                "UserPermissions",
                "admin",
                json!({"type": "boolean"}),
            );
        },
    ),
    ("permissions with one name in Rust", Taken, |document| {
        for name in ["deleteMessage", "file-upload"] {
            optional(
                document,
                "ChatPermissions",
                name,
                json!({"type": "boolean"}),
            );
        }
    }),
];
