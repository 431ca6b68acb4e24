//! Returns the settings of a newly installed server.
//!
//! The responses contain secrets, like those of real servers. Tests can search for their values.

use serde_json::{Value, json};

use crate::rules::store::Store;

/// The settings of accounts and of features.
pub(crate) fn admin() -> Value {
    json!({
        "SHOW_ADMIN_DETAILS": true,
        "WEBUI_URL": "",
        "ENABLE_SIGNUP": false,
        "ENABLE_API_KEYS": true,
        "ENABLE_API_KEYS_ENDPOINT_RESTRICTIONS": false,
        "API_KEYS_ALLOWED_ENDPOINTS": "",
        "DEFAULT_USER_ROLE": "pending",
        "DEFAULT_GROUP_ID": "",
        "JWT_EXPIRES_IN": "4w",
    })
}

/// The settings of signing in through OAuth.
pub(crate) fn oauth() -> Value {
    json!({
        "ENABLE_OAUTH": true,
        "ENABLE_OAUTH_SIGNUP": false,
        "OAUTH_BLOCKED_GROUPS": "[]",
        "ENABLE_OAUTH_ROLE_MANAGEMENT": false,
        "ENABLE_OAUTH_GROUP_MANAGEMENT": false,
        "ENABLE_OAUTH_GROUP_CREATION": false,
        "OAUTH_GROUP_CLAIM": "groups",
        "OAUTH_PROVIDER_NAME": "SSO",
        "OAUTH_CLIENT_ID": "mock-oauth-client",
        "OAUTH_CLIENT_SECRET": "mock-oauth-client-secret",
    })
}

/// Whether users can sign in through LDAP.
pub(crate) fn ldap() -> Value {
    json!({"ENABLE_LDAP": false})
}

/// The settings of the LDAP server.
pub(crate) fn ldap_server(store: &Store) -> Value {
    let mut settings = json!({
        "label": "LDAP Server",
        "host": "localhost",
        "port": 389,
        "attribute_for_mail": "mail",
        "attribute_for_username": "uid",
        "app_dn": "cn=mock",
        "app_dn_password": "mock-ldap-password",
        "search_base": "",
        "search_filters": "",
        "use_tls": true,
        "certificate_path": "",
        "validate_cert": true,
        "ciphers": "ALL",
    });
    if store.version.manages_groups_of_ldap()
        && let Some(settings) = settings.as_object_mut()
    {
        settings.insert("enable_group_management".to_owned(), false.into());
        settings.insert("enable_group_creation".to_owned(), false.into());
        settings.insert("attribute_for_groups".to_owned(), "memberOf".into());
    }
    settings
}

/// The public settings that the web app reads.
pub(crate) fn app(store: &Store) -> Value {
    json!({
        "status": true,
        "name": "Open WebUI",
        "version": store.version.as_str(),
        "default_locale": "",
        "oauth": {"providers": {}},
        "features": {
            "auth": true,
            "auth_trusted_header": false,
            "enable_signup_password_confirmation": false,
            "enable_ldap": false,
            "enable_signup": false,
            "enable_login_form": true,
            "enable_websocket": true,
        },
    })
}
