//! Models that are sent and received in different forms. These rename schemas, so that they come
//! after all changes that name one.

use super::{Outcome::Taken, Row, optional, or_null, reference, rename, schemas};

pub(super) const RELEASES: &[Row] = &[
    (
        "model that callers receive is also sent",
        Taken,
        |document| {
            rename(document, "GroupInfoResponse", "GroupInfoResponse-Output");
            let input = schemas(document)["GroupInfoResponse-Output"].clone();
            schemas(document)["GroupInfoResponse-Input"] = input;
            optional(
                document,
                "GroupForm",
                "template",
                or_null(reference("GroupInfoResponse-Input")),
            );
        },
    ),
    ("form is also received", Taken, |document| {
        optional(
            document,
            "GroupResponse",
            "created_with",
            or_null(reference("GroupForm-Output")),
        );
        rename(document, "GroupForm", "GroupForm-Input");
        let output = schemas(document)["GroupForm-Input"].clone();
        schemas(document)["GroupForm-Output"] = output;
    }),
    ("permissions are also sent", Taken, |document| {
        rename(document, "UserPermissions", "UserPermissions-Output");
        rename(document, "ChatPermissions", "ChatPermissions-Output");
        let chat = schemas(document)["ChatPermissions-Output"].clone();
        schemas(document)["ChatPermissions-Input"] = chat;
        let mut input = schemas(document)["UserPermissions-Output"].clone();
        input["properties"]["chat"] = reference("ChatPermissions-Input");
        schemas(document)["UserPermissions-Input"] = input;
    }),
];
