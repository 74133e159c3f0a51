//! Which program made a call, without its version.

/// What a user agent begins with or holds, and the family it tells; of several the first counts.
/// Infrastructure tools are built on SDKs and name both, so they stand first.
const FAMILIES: [(&str, &str); 35] = [
    ("terraform", "terraform"),
    ("opentofu", "opentofu"),
    ("pulumi", "pulumi"),
    ("aws-cdk", "cdk"),
    ("cloudformation", "cloudformation"),
    ("ansible", "ansible"),
    ("pacu", "pacu"),
    ("prowler", "prowler"),
    ("scoutsuite", "scoutsuite"),
    ("stratus-red-team", "stratus-red-team"),
    ("signin.amazonaws.com", "console"),
    ("console.amazonaws.com", "console"),
    ("console.aws.amazon.com", "console"),
    ("aws signin", "console"),
    ("aws-internal", "aws-internal"),
    ("aws internal", "aws-internal"),
    ("s3console", "console"),
    ("aws-cli", "aws-cli"),
    ("aws-tools-powershell", "aws-powershell"),
    ("awspowershell", "aws-powershell"),
    ("aws-toolkit", "aws-toolkit"),
    ("boto3", "boto3"),
    ("botocore", "boto3"),
    ("aws-sdk-java", "aws-sdk-java"),
    ("aws-sdk-go", "aws-sdk-go"),
    ("aws-sdk-nodejs", "aws-sdk-js"),
    ("aws-sdk-js", "aws-sdk-js"),
    ("aws-sdk-dotnet", "aws-sdk-dotnet"),
    ("aws-sdk-net", "aws-sdk-dotnet"),
    ("aws-sdk-ruby", "aws-sdk-ruby"),
    ("aws-sdk-php", "aws-sdk-php"),
    ("aws-sdk-rust", "aws-sdk-rust"),
    ("aws-sdk-cpp", "aws-sdk-cpp"),
    ("aws-sdk-", "aws-sdk"),
    ("mozilla/", "browser"),
];

/// The family of a user agent: `console`, `aws-cli`, `boto3`, `terraform`, `browser`, a service's name, or
/// the first word without its version. Empty where there is no agent.
pub fn agent_family(user_agent: &str) -> String {
    let agent = user_agent
        .trim()
        .trim_matches(['[', ']', '"'])
        .to_ascii_lowercase();
    let found = FAMILIES.iter().find(|(mark, _)| agent.contains(mark));
    if let Some((_, family)) = found {
        return (*family).to_owned();
    }
    let word = agent.split_whitespace().next().unwrap_or("");
    word.split('/').next().unwrap_or(word).to_owned()
}

#[cfg(test)]
mod tests {
    use super::agent_family;

    #[test]
    fn versions_do_not_matter() {
        for (agent, family) in [
            ("aws-cli/2.15.30 Python/3.11.8 Linux/6.8.0 exe/x86_64", "aws-cli"),
            ("[aws-cli/1.16.2 Python/2.7 botocore/1.12.2]", "aws-cli"),
            ("Boto3/1.34.1 md/Botocore#1.34.1 ua/2.0 os/linux", "boto3"),
            ("aws-sdk-go-v2/1.30.1 os/linux lang/go#1.22", "aws-sdk-go"),
            (
                "APN/1.0 HashiCorp/1.0 Terraform/1.9.8 aws-sdk-go-v2/1.30",
                "terraform",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101",
                "browser",
            ),
            ("signin.amazonaws.com", "console"),
            ("AWS Signin, aws-internal/3 aws-sdk-java/1.11", "console"),
            ("config.amazonaws.com", "config.amazonaws.com"),
            ("cloudformation.amazonaws.com", "cloudformation"),
            ("AWS Internal", "aws-internal"),
            ("my-tool/7.1 (linux)", "my-tool"),
            ("curl/8.5.0", "curl"),
            ("", ""),
        ] {
            assert_eq!(agent_family(agent), family, "{agent}");
        }
    }
}
