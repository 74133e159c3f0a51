//! Why a logon failed, by the codes that events give.
//!
//! NTSTATUS values of 4625 and 4776 (<https://learn.microsoft.com/en-us/windows/security/threat-protection/auditing/event-4625>),
//! Kerberos error codes of 4768, 4769 and 4771
//! (<https://learn.microsoft.com/en-us/previous-versions/windows/it-pro/windows-10/security/threat-protection/auditing/event-4768>).

/// What an NTSTATUS code says of a logon; nothing for success and for codes that are not known.
pub(super) fn logon(code: i64) -> Option<&'static str> {
    Some(match code & 0xffff_ffff {
        0xc000_005e => "no logon server was available",
        0xc000_0064 => "no such user",
        0xc000_006a => "wrong password",
        0xc000_006d => "wrong user name or password",
        0xc000_006e => "the account is restricted",
        0xc000_006f => "outside the hours that the account may log on",
        0xc000_0070 => "not from this workstation",
        0xc000_0071 => "the password has expired",
        0xc000_0072 => "the account is disabled",
        0xc000_00dc => "the domain's server was in the wrong state",
        0xc000_0133 => "the clocks differ too much",
        0xc000_015b => "the account may not log on in this way",
        0xc000_018c => "the trust between the domains failed",
        0xc000_018d => "the workstation's trust with the domain failed",
        0xc000_0192 => "the Netlogon service was not running",
        0xc000_0193 => "the account has expired",
        0xc000_0224 => "the password must be changed first",
        0xc000_0225 => "not found",
        0xc000_0234 => "the account is locked out",
        0xc000_02ee => "an error that Windows does not explain",
        0xc000_0413 => "the account may not log on to this machine",
        _ => return None,
    })
}

/// What a Kerberos error code says; nothing for success and for codes that are not known.
pub(super) fn kerberos(code: i64) -> Option<&'static str> {
    Some(match code {
        0x1 => "the client's entry has expired",
        0x2 => "the server's entry has expired",
        0x6 => "no such user",
        0x7 => "no such service",
        0x8 => "the name stands for several entries",
        0x9 => "no key for the client or the server",
        0xc => "not from this workstation or at this time",
        0xd => "an option that can not be met",
        0xe => "no encryption that both sides know",
        0x10 => "pre-authentication of this type is not supported",
        0x12 => "the account is disabled, expired or locked out",
        0x17 => "the password has expired",
        0x18 => "wrong password",
        0x19 => "pre-authentication is required",
        0x1b => "only user-to-user tickets",
        0x1f => "the ticket failed its integrity check",
        0x20 => "the ticket has expired",
        0x22 => "the request is a replay",
        0x25 => "the clocks differ too much",
        0x29 => "the message was changed",
        0x3c => "an error that Kerberos does not explain",
        0x44 => "the account is in another domain",
        _ => return None,
    })
}

/// How a logon came about, by its type.
pub(super) fn logon_type(number: i64) -> Option<&'static str> {
    Some(match number {
        0 => "as the system",
        2 => "at the machine",
        3 => "over the network",
        4 => "as a batch job",
        5 => "as a service",
        7 => "by unlocking",
        8 => "over the network with a clear-text password",
        9 => "with other credentials for the network",
        10 => "by Remote Desktop",
        11 => "at the machine with cached credentials",
        12 => "by Remote Desktop with cached credentials",
        13 => "by unlocking with cached credentials",
        _ => return None,
    })
}
