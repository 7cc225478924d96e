const USAGE = `npm run package -- [flags]   makes the zips and the CloudFormation template in .serverless/; no AWS credentials are needed
npm run deploy -- [flags]    does that, and deploys them

  --stage NAME             stage of the stack: letters, digits, hyphens (default dev)
  --region NAME            AWS region (default: AWS_REGION, AWS_DEFAULT_REGION, or eu-central-1)
  --aws-profile NAME       profile of the AWS credentials
  --param="name=value"     a parameter or a setting; may be given several times
  --verbose                says more
  --help                   this text

docs/deployment.md lists the parameters, docs/settings.md the settings.
`;

/** Prints how package and deploy are called, where that is asked for. @returns whether it was */
export function printUsageIfAsked(args: readonly string[]): boolean {
  const asked = args.includes('--help') || args.includes('-h');
  if (asked) process.stdout.write(USAGE);
  return asked;
}
