//! Error and warning codes. Codes are never redefined, only added.

use serde::{Deserialize, Serialize};

/// The category of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Authentication.
    Auth,
    /// Authorization.
    Permission,
    /// The network to the target.
    Network,
    /// The target limits the rate of calls.
    RateLimit,
    /// A reply that does not follow the protocol.
    Parse,
    /// A document that breaks its rules.
    Schema,
    /// An invalid request or configuration.
    Config,
    /// Everything else.
    Unknown,
}

/// The layer that raises a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Layer {
    /// The component.
    Collector,
    /// The runtime around the component.
    Host,
    /// Either of the two.
    CollectorOrHost,
    /// The store.
    Ledger,
    /// Anyone.
    Any,
}

impl Layer {
    /// The layer as written in the guide's table of codes.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Layer::Collector => "collector",
            Layer::Host => "host",
            Layer::CollectorOrHost => "collector, host",
            Layer::Ledger => "ledger",
            Layer::Any => "any",
        }
    }
}

impl Category {
    /// The category as written in the contract.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Category::Auth => "auth",
            Category::Permission => "permission",
            Category::Network => "network",
            Category::RateLimit => "rate_limit",
            Category::Parse => "parse",
            Category::Schema => "schema",
            Category::Config => "config",
            Category::Unknown => "unknown",
        }
    }
}

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal, $layer:ident, $category:ident, $retryable:literal, $meaning:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = $meaning] #[serde(rename = $text)] $variant,)*
        }

        impl $name {
            /// Every code, in the order of the contract.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// The code as written in documents.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text,)* }
            }

            /// The layer that raises it.
            #[must_use]
            pub fn layer(self) -> Layer {
                match self { $($name::$variant => Layer::$layer,)* }
            }

            /// Its category.
            #[must_use]
            pub fn category(self) -> Category {
                match self { $($name::$variant => Category::$category,)* }
            }

            /// Whether the same request may succeed later.
            #[must_use]
            pub fn retryable(self) -> bool {
                match self { $($name::$variant => $retryable,)* }
            }

            /// Its meaning, in one line.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $($name::$variant => $meaning,)* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownCode;

            fn from_str(text: &str) -> Result<Self, UnknownCode> {
                Self::ALL.iter().copied().find(|code| code.as_str() == text).ok_or(UnknownCode)
            }
        }
    };
}

/// The text is not a code of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownCode;

impl std::fmt::Display for UnknownCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not a code of the contract")
    }
}

impl std::error::Error for UnknownCode {}

codes! {
    /// Why a run failed.
    ErrorCode {
        VcenterConfigInvalid = "VCENTER_CONFIG_INVALID", Collector, Config, false, "the request or configuration is wrong; the message names the field";
        VcenterAuthFailed = "VCENTER_AUTH_FAILED", Collector, Auth, false, "the login was refused";
        VcenterPermissionDenied = "VCENTER_PERMISSION_DENIED", Collector, Permission, false, "the account may not read what the mode needs; the message names the privilege and the object";
        VcenterNetworkError = "VCENTER_NETWORK_ERROR", Collector, Network, true, "name resolution, connect, reset, time-out, or a 5xx without a SOAP fault";
        VcenterTlsError = "VCENTER_TLS_ERROR", Collector, Network, false, "the TLS handshake failed, or the certificate was refused by the policy";
        VcenterRateLimit = "VCENTER_RATE_LIMIT", Collector, RateLimit, true, "429, or 503 with Retry-After";
        VcenterParseError = "VCENTER_PARSE_ERROR", Collector, Parse, false, "the reply or request does not follow the protocol: HTML from a proxy, truncated XML, not JSON";
        VcenterApiVersionUnsupported = "VCENTER_API_VERSION_UNSUPPORTED", Collector, Parse, false, "the version is outside the configured range, or a required capability is absent";
        InventoryIncomplete = "INVENTORY_INCOMPLETE", CollectorOrHost, Schema, false, "the inventory is not proved complete";
        InventoryRelationsEmpty = "INVENTORY_RELATIONS_EMPTY", Collector, Parse, false, "there are no relations although there must be some";
        PluginExecFailed = "PLUGIN_EXEC_FAILED", Host, Unknown, false, "the component cannot be loaded or instantiated, or imports what the world does not provide";
        PluginTimeout = "PLUGIN_TIMEOUT", Host, Unknown, true, "the component exceeded its wall-clock budget";
        PluginTrapped = "PLUGIN_TRAPPED", Host, Unknown, false, "the component trapped";
        PluginBudgetExceeded = "PLUGIN_BUDGET_EXCEEDED", Host, Unknown, false, "a budget of memory, bytes, pages or requests is exceeded; the message names it, with used and allowed";
        PluginExitNonzero = "PLUGIN_EXIT_NONZERO", Host, Unknown, false, "the collector failed without usable errors";
        PluginOutputInvalidJson = "PLUGIN_OUTPUT_INVALID_JSON", Host, Parse, false, "the output is not JSON";
        PluginSchemaVersionUnsupported = "PLUGIN_SCHEMA_VERSION_UNSUPPORTED", Host, Schema, false, "the response has the wrong schema_version";
        PluginResponseInvalid = "PLUGIN_RESPONSE_INVALID", Host, Parse, false, "a field is missing or contradicts another: counts, duplicate ids, dangling relation, foreign kind";
        SchemaValidationFailed = "SCHEMA_VALIDATION_FAILED", Host, Schema, false, "a normalized object breaks its schema; up to 20 issues named by asset and path";
        EgressDenied = "EGRESS_DENIED", Host, Permission, false, "the component requested an address, a method or a property that the policy does not allow";
        OutputWriteFailed = "OUTPUT_WRITE_FAILED", Host, Unknown, true, "the output cannot be written, or its reader does not read it; the inventory was not written completely";
        RawPersistFailed = "RAW_PERSIST_FAILED", Ledger, Unknown, true, "a raw payload could not be stored; nothing of the run was kept";
        DbWriteFailed = "DB_WRITE_FAILED", Ledger, Unknown, true, "writing to the store failed; nothing of the run was kept";
        DbReadFailed = "DB_READ_FAILED", Ledger, Unknown, true, "reading from the store failed";
        InternalError = "INTERNAL_ERROR", Any, Unknown, false, "a defect";
    }
}

codes! {
    /// A problem that does not end a run.
    WarningCode {
        HostDiskTotalMissing = "VCENTER_HOST_DISK_TOTAL_MISSING", Collector, Parse, false, "the local disks of a host could not be read";
        HostDatastoreTotalMissing = "VCENTER_HOST_DATASTORE_TOTAL_MISSING", Collector, Parse, false, "the capacity of a host's datastores could not be read";
        HostDatastoresMissing = "VCENTER_HOST_DATASTORES_MISSING", Collector, Parse, false, "the datastores of a host could not be read";
        PropertyUnreadable = "VCENTER_PROPERTY_UNREADABLE", Collector, Permission, false, "properties that could not be read: object, property paths, privilege";
        ObjectQuarantined = "VCENTER_OBJECT_QUARANTINED", Collector, Parse, false, "one object could not be decoded; digest of its raw bytes";
        ObjectVanished = "VCENTER_OBJECT_VANISHED", Collector, Parse, false, "an object was deleted while reading";
        VmInaccessible = "VCENTER_VM_INACCESSIBLE", Collector, Parse, false, "a VM whose connection state is not connected";
        DuplicateIdentity = "VCENTER_DUPLICATE_IDENTITY", Collector, Parse, false, "VMs that share one BIOS or instance UUID, or hosts that share one serial number";
        ValueInvalid = "VCENTER_VALUE_INVALID", Collector, Parse, false, "a negative number where none is possible; it counts as unknown";
        AttributeUnnamed = "VCENTER_ATTRIBUTE_UNNAMED", Collector, Parse, false, "custom attributes whose name is not known: they were deleted while reading, or their names could not be read; profile full only";
        TagsUnread = "VCENTER_TAGS_UNREAD", Collector, Network, false, "tags could not be read, or not of every object: the Automation API, which has them, is not there, is down or refuses the account, or tags were deleted while reading; with tags only";
        RelationMissing = "VCENTER_RELATION_MISSING", Collector, Permission, false, "objects with a relation to an object that the account does not see";
        RootUnreadable = "VCENTER_ROOT_UNREADABLE", Collector, Permission, false, "the account may not read the root folder, so objects outside its own roles cannot be ruled out";
        ContinueRefused = "VCENTER_CONTINUE_REFUSED", Collector, Permission, false, "the server refused to continue a listing; degraded paging";
        SessionLeft = "VCENTER_SESSION_LEFT", CollectorOrHost, Network, false, "a session could not be ended and expires on the server by itself; the inventory is still complete";
    }
}

#[cfg(test)]
mod tests {
    use super::{ErrorCode, WarningCode};

    #[test]
    fn every_code_reads_back_as_itself() {
        for code in ErrorCode::ALL {
            assert_eq!(code.as_str().parse(), Ok(*code));
            assert_eq!(serde_json::to_value(code).expect("JSON"), code.as_str());
        }
        for code in WarningCode::ALL {
            assert_eq!(code.as_str().parse(), Ok(*code));
        }
        assert!("VCENTER_SOMETHING_ELSE".parse::<ErrorCode>().is_err());
    }
}
