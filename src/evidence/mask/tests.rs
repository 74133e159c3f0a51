use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};

const KEY: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const SESSION: &str = "FwoGZXIvYXdzEBYaDEXAMPLEab/cd+ef0123456789==";
const PEM: &str =
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\nx7+Yz/==\n-----END RSA PRIVATE KEY-----";
const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";

fn masked(text: &str) -> String {
    match mask(text.as_bytes()) {
        Some((out, counts)) => {
            assert!(counts.total() > 0);
            String::from_utf8(out).unwrap()
        }
        None => text.to_owned(),
    }
}

/// `…` stands for a secret, and for its mask.
fn fires(with: &str, secret: &str, what: What) {
    let text = with.replace('…', secret);
    let (out, counts) = mask(text.as_bytes()).unwrap_or_else(|| panic!("not masked: {text}"));
    assert_eq!(String::from_utf8(out).unwrap(), with.replace('…', MASKED));
    assert_eq!(counts.0.into_iter().collect::<Vec<_>>(), [(what, 1)], "{text}");
}

#[test]
fn names_make_secrets_in_every_wrapping() {
    let cases = [
        ("secretAccessKey", KEY, What::SecretKey),
        ("aws_secret_access_key", KEY, What::SecretKey),
        ("AWS_SECRET_ACCESS_KEY", KEY, What::SecretKey),
        ("SecretKey", KEY, What::SecretKey),
        ("sessionToken", SESSION, What::SessionToken),
        ("X-Amz-Security-Token", SESSION, What::SessionToken),
        ("aws_session_token", SESSION, What::SessionToken),
        ("X-Amz-Signature", &"0a".repeat(32), What::Signature),
        ("password", "hunter2", What::Password),
        ("masterUserPassword", "hunter2", What::Password),
        ("db.PASSWD", "hunter2", What::Password),
        ("pwd", "hunter2", What::Password),
        ("client_secret", "hunter2", What::Password),
        ("access_token", "0123456789abcdef", What::Token),
        ("privateKey", "MIIEpAIBAAKCAQEA", What::PrivateKey),
    ];
    for (name, secret, what) in cases {
        for with in [
            "N=…",
            "export N=… && next",
            "N = … and x = y",
            "[N]: N: …\nnext: line",
            "a=1;N=…;b=2",
            "{user=x, N=…, host=y}",
            "user=x,N=…,host=y",
            "https://example.com/?a=b&N=…&c=d#e",
            "https://example.com/?a=b%26N%3D…%26c",
            r"https://example.com/?a=b\u0026N=…\u0026c",
            "aws x --N … --region r",
            "aws x --N=… --region r",
            "aws x --N '…' --region r",
            r#"["--N", "…", "--region"]"#,
            r#"{"N": "…", "a": 1}"#,
            r#"{"N":["…"],"a":1}"#,
            "{'N': '…', 'a': 1}",
            r#"{"a":"{\"N\":\"…\",\"b\":\"c\"}"}"#,
            r#"{"a":"{\"N\":\n  \"…\"}"}"#,
            r#"{"a":"{\"b\":\"{\\\"N\\\":\\\"…\\\"}\"}"}"#,
            r#"{"environment":[{"name":"N","value":"…"}]}"#,
            r#"{"p":"[{\"parameterKey\":\"N\",\"parameterValue\":\"…\"}]"}"#,
            "%7B%22N%22%3A%22…%22%7D",
            "<N>…</N>",
            // Cut off in the middle of the value.
            r#"{"N":"…"#,
            "N: '…",
        ] {
            fires(&with.replace('N', name), secret, what);
        }
    }
}

#[test]
fn quotes_and_backslashes_inside_a_value_do_not_end_it() {
    for secret in [r#"a"b"#, r"a\", r#"\"x\\"#, "it's, a & b; <c>\n"] {
        let inner = json!({"password": secret, "b": "c"}).to_string();
        let middle = json!({ "inner": inner }).to_string();
        let outer = json!({"middle": middle, "z": 1}).to_string();
        let out: Value = serde_json::from_str(&masked(&outer)).unwrap();
        let middle: Value = serde_json::from_str(out["middle"].as_str().unwrap()).unwrap();
        let inner: Value = serde_json::from_str(middle["inner"].as_str().unwrap()).unwrap();
        assert_eq!(inner, json!({"password": MASKED, "b": "c"}), "{secret}");
        assert_eq!(out["z"], 1);
    }
}

#[test]
fn secrets_with_a_form_of_their_own() {
    let github = format!("ghp_{}", "a1".repeat(18));
    let pat = format!("github_pat_{}", "a1".repeat(30));
    for (secret, what) in [
        (github.as_str(), What::Token),
        (&pat, What::Token),
        ("xoxb-123456789012-abcdefABCDEF", What::Token),
        (JWT, What::Token),
    ] {
        for with in [
            "…",
            "see … here",
            "{\"a\":\"…\"}",
            r#"{"a":"{\"b\":\"\n…\"}"}"#,
            "?x=…&y",
            "a:%3A…",
        ] {
            fires(with, secret, what);
        }
    }
    for with in [
        "postgres://user:…@db.example.com:5432/x",
        "redis://:…@host",
        r#"{"url":"https://user:…@example.com/a@b"}"#,
        r#"{"url":"https:\/\/user:…@example.com\/"}"#,
        "git clone https://x-token:…@example.com/a.git",
    ] {
        fires(with, "p%40ss", What::Password);
    }
    for with in [
        "curl -H 'Authorization: Bearer …' https://example.com",
        "Authorization: Basic …\r\nHost: x",
        r#"{"Authorization":"Bearer …"}"#,
        r#"{"multiValueHeaders":{"authorization":["Basic …"]}}"#,
        r#"{"h":"{\"Authorization\":\"Bearer …\"}"}"#,
        "sent Bearer … to it",
    ] {
        fires(with, "dXNlcjpwYXNzd29yZA==", What::Authorization);
    }
    fires(
        "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261111/us-east-1/s3/aws4_request, \
         SignedHeaders=host, Signature=…",
        &"0a".repeat(32),
        What::Signature,
    );
    fires(
        "https://b.s3.amazonaws.com/k?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=…&Expires=1",
        "vjbyPxybdZaNmGa%2ByT272YEAiv4%3D",
        What::Signature,
    );
    fires(
        "Access key ID,Secret access key\r\nAKIAIOSFODNN7EXAMPLE,…\r\n",
        KEY,
        What::SecretKey,
    );
    fires("AWS Secret Access Key: …", KEY, What::SecretKey);
    fires(
        r#"{"id":"AKIAIOSFODNN7EXAMPLE","secretAccessKey":"…"}"#,
        KEY,
        What::SecretKey,
    );
}

#[test]
fn private_keys_lose_their_inside_alone() {
    let want = "-----BEGIN RSA PRIVATE KEY-----[masked]-----END RSA PRIVATE KEY-----";
    assert_eq!(masked(PEM), want);
    let json = json!({"m": PEM, "n": json!({"k": PEM}).to_string()}).to_string();
    let out: Value = serde_json::from_str(&masked(&json)).unwrap();
    assert_eq!(out["m"], want);
    assert_eq!(out["n"], json!({"k": want}).to_string());
    // Cut off.
    let cut = json!({"m": "-----BEGIN PRIVATE KEY-----\nMIIE\n", "n": 1}).to_string();
    let out: Value = serde_json::from_str(&masked(&cut)).unwrap();
    assert_eq!(out, json!({"m": "-----BEGIN PRIVATE KEY-----[masked]", "n": 1}));
    let public = PEM.replace("PRIVATE", "PUBLIC");
    assert_eq!(mask(public.as_bytes()), None);
}

#[test]
fn a_number_gets_quotes_and_other_values_stay() {
    assert_eq!(
        masked(r#"{"password":12345,"a":1}"#),
        r#"{"password":"[masked]","a":1}"#
    );
    assert_eq!(
        masked(r#"{"x":"{\"password\":-5}"}"#),
        r#"{"x":"{\"password\":\"[masked]\"}"}"#
    );
}

#[test]
fn near_misses_stay() {
    let long = "0123456789abcdef0123456789abcdef01234567";
    for text in [
        r#"{"eventName":"ChangePassword","awsRegion":"us-east-1"}"#,
        r#"{"Action":["iam:ChangePassword","iam:GetUser"],"value":"x"}"#,
        "eventName = ChangePassword and awsRegion = us-east-1",
        r#"{"password_enabled":"true","passwordLastUsed":"2026-11-11T00:00:00Z","maxPasswordAge":90}"#,
        r#"{"allowUsersToChangePassword":true,"password":null,"manageMasterUserPassword":false}"#,
        r#"{"masterUserPassword":"HIDDEN_DUE_TO_SECURITY_REASONS","password":"****","pwd":""}"#,
        r#"{"keyMaterial":"<sensitiveDataRemoved>","secretAccessKey":"[masked]"}"#,
        r#"{"password":{"rotate":true},"passwordPolicy":{"minimumLength":14}}"#,
        r#"{"nextToken":"AAAA0123456789abcdef0123456789","clientToken":"0123456789abcdef0123"}"#,
        r#"{"clientRequestToken":"0123456789abcdef0123","tokenIssueTime":"x"}"#,
        r#"{"secretArn":"arn:aws:secretsmanager:us-east-1:111122223333:secret:x","secretId":"prod/db"}"#,
        r#"{"eventSource":"secretsmanager.amazonaws.com","accessKeyId":"ASIAIOSFODNN7EXAMPLE"}"#,
        r#"{"password":"{{resolve:secretsmanager:prod}}"}"#,
        r#"{"authorizationType":"NONE","authorization":"AWS_IAM","signatureVersion":"SigV4"}"#,
        "The password was changed. A secret access key was made; its session token, too.",
        "https://example.com:8080/a@b https://user@example.com/ s3://bucket/key@1",
        "git@github.com:a/b.git mailto:a:b@c",
        "bearer of news, ghp_short, xoxb-1, eyJhbGciOiJ.no.jwt, tokens: 5",
        "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
        "a private network: 10.0.0.0/8",
        "aws x --master-user-password --region r",
    ] {
        assert_eq!(mask(text.as_bytes()), None, "{}", masked(text));
    }
    for text in [
        // Signatures that are evidence, and identities.
        format!(r#"{{"previousDigestSignature":"{long}","signature":"{long}"}}"#),
        format!("AKIAIOSFODNN7EXAMPLE {long}0"),
        format!("secretAccessKeyLastUsed={long}"),
        format!(r#"{{"sha1":"{long}","SecretAccessKeyId":"{long}"}}"#),
    ] {
        assert_eq!(mask(text.as_bytes()), None, "{}", masked(&text));
    }
}

#[test]
fn a_column_may_be_a_secret_by_its_name() {
    let of = |name: &str, value: &str| {
        mask_field(name, value.as_bytes()).map(|(out, _)| String::from_utf8(out).unwrap())
    };
    assert_eq!(
        of("requestParameters.masterUserPassword", "hunter2").as_deref(),
        Some(MASKED)
    );
    assert_eq!(of("Secret access key", KEY).as_deref(), Some(MASKED));
    assert_eq!(of("credentials.sessionToken", SESSION).as_deref(), Some(MASKED));
    assert_eq!(of("signature", KEY), None);
    assert_eq!(of("password_enabled", "true"), None);
    assert_eq!(of("password", "****"), None);
    assert_eq!(of("eventName", "hunter2"), None);
    assert_eq!(
        of("userAgent", "x --password hunter2").as_deref(),
        Some("x --password [masked]")
    );
}

#[test]
fn what_was_masked_is_counted_and_told() {
    let (_, counts) = mask(format!("password=a password=b {JWT}").as_bytes()).unwrap();
    let mut all = Masked::default();
    all.merge(&counts);
    all.merge(&counts);
    let told: Vec<_> = all.told().into_iter().map(|m| (m.what, m.values)).collect();
    assert_eq!(
        told,
        [
            ("passwords and client secrets".to_owned(), 4),
            ("tokens".to_owned(), 2)
        ]
    );
}

#[test]
fn a_text_made_to_take_long_does_not() {
    for piece in [
        "password=",
        "secretkey=!",
        "eyJhbGciOi-",
        "-----BEGIN PRIVATE KEY-----",
        "\"password\":\"",
        "://",
        "AKIA",
        "password=****",
        "pwd=\\\"",
    ] {
        let text = piece.repeat(400_000 / piece.len());
        let begun = std::time::Instant::now();
        mask(text.as_bytes());
        assert!(begun.elapsed().as_secs() < 10, "{piece}: {:?}", begun.elapsed());
    }
}

fn words() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("password".to_owned()),
        Just("secretAccessKey".to_owned()),
        Just("Authorization".to_owned()),
        Just("Bearer ".to_owned()),
        Just("Signature".to_owned()),
        Just("-----BEGIN PRIVATE KEY-----".to_owned()),
        Just("-----END".to_owned()),
        Just("://".to_owned()),
        Just("value".to_owned()),
        Just(KEY.to_owned()),
        Just(JWT.to_owned()),
        Just(MASKED.to_owned()),
        "[-=:\"'\\\\,@&;%<>{}\\[\\] \n]{1,3}",
        "[a-z0-9]{1,4}",
    ];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

fn documents() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        words().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        Just(Value::Null),
        Just(Value::Bool(true)),
    ];
    let key = prop_oneof![
        words(),
        Just("password".to_owned()),
        Just("sessionToken".to_owned())
    ];
    leaf.prop_recursive(3, 12, 3, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(key.clone(), inner.clone(), 0..4)
                .prop_map(|m| Value::Object(m.into_iter().collect())),
            // JSON in JSON.
            inner.prop_map(|v| Value::from(v.to_string())),
        ]
    })
}

/// The shape of a document: everything but its strings and numbers.
fn shape(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(shape).collect::<String>()),
        Value::Object(fields) => format!("{{{}}}", fields.values().map(shape).collect::<String>()),
        Value::Null => "0".into(),
        Value::Bool(_) => "b".into(),
        _ => "s".into(),
    }
}

#[test]
fn a_quote_that_is_not_closed_ends_with_the_string_it_stands_in() {
    for value in [
        json!("password='"),
        json!("password='hunter2"),
        json!({"a": json!("x password='hunter2").to_string(), "b": 1}),
    ] {
        let text = value.to_string();
        let out = mask(text.as_bytes()).map_or(text.clone().into_bytes(), |(out, _)| out);
        let read: Result<Value, _> = serde_json::from_slice(&out);
        assert_eq!(
            read.map(|v| shape(&v)).unwrap_or_default(),
            shape(&value),
            "{text}"
        );
        assert!(!String::from_utf8_lossy(&out).contains("hunter2"), "{text}");
    }
}

#[test]
fn a_name_that_ends_a_string_does_not_break_the_document() {
    for value in [
        json!({"password=": ""}),
        json!({"password=": "", "password: ": {"a": "password=hunter2"}}),
        json!({"-----ENDpassword\n": ""}),
        json!({"--password ": "x", "b": 1}),
        json!(["--password ", 1, {}, "x"]),
    ] {
        let text = value.to_string();
        let out = mask(text.as_bytes()).map_or(text.clone().into_bytes(), |(out, _)| out);
        assert!(
            serde_json::from_slice::<Value>(&out).is_ok(),
            "{}",
            String::from_utf8_lossy(&out)
        );
        assert!(!String::from_utf8_lossy(&out).contains("hunter2"), "{text}");
        assert_eq!(mask(&out), None, "{text}");
    }
    fires("aws x --password …", "key0123", What::Password);
    fires("aws x --password …", "Token.0123", What::Password);
    let out = mask(br#"run --password ",hunter2" now"#)
        .map(|(out, _)| out)
        .unwrap_or_default();
    assert_eq!(
        String::from_utf8_lossy(&out),
        format!(r#"run --password "{MASKED}" now"#)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn masking_twice_is_masking_once(text in words()) {
        if let Some((once, _)) = mask(text.as_bytes()) {
            let again = mask(&once).map(|(out, _)| String::from_utf8_lossy(&out).into_owned());
            prop_assert_eq!(again, None, "{}", String::from_utf8_lossy(&once));
        }
    }

    #[test]
    fn json_stays_json_of_the_same_shape(value in documents()) {
        let text = value.to_string();
        if let Some((out, _)) = mask(text.as_bytes()) {
            let out: Value = serde_json::from_slice(&out).map_err(|e| TestCaseError::fail(format!("{e}: {}", String::from_utf8_lossy(&out))))?;
            prop_assert!(shape(&out).len() <= shape(&value).len());
        }
    }

    #[test]
    fn noise_is_survived(text: Vec<u8>) {
        mask(&text);
    }

    #[test]
    fn a_planted_secret_does_not_survive(before in words(), behind in "[ -~\n]{0,20}", secret in "[a-zA-Z0-9]{24,40}", wrapping in 0usize..6) {
        let planted = match wrapping {
            0 => format!("\npassword={secret}\n"),
            1 => format!("\n{}\n", json!({"sessionToken": secret})),
            2 => format!("\n{}\n", json!({"a": json!({"masterUserPassword": secret}).to_string()})),
            3 => format!("\nhttps://h/?X-Amz-Signature={secret}&x\n"),
            4 => format!("\naws x --password {secret}\n"),
            _ => format!("\npostgres://u:{secret}@h/\n"),
        };
        let out = masked(&format!("{before}{planted}{behind}"));
        prop_assert!(!out.contains(&secret), "{out}");
    }
}
