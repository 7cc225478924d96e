import type { PortableTemplate } from './portable-template.ts';

/**
 * The same template for tools that upload no code: the functions' zips are in a bucket of the user's, under their own names below a
 * prefix.
 * @param codePrefix of the zips of this release
 */
export function toBucketTemplate(template: PortableTemplate, codePrefix: string): PortableTemplate {
  const resources = Object.entries(template.Resources).map(([id, resource]) => {
    if (resource.Type !== 'AWS::Lambda::Function') return [id, resource];
    const { Code: zip, ...properties } = resource.Properties as { Code: string };
    const Code = { S3Bucket: { Ref: 'CodeBucket' }, S3Key: { 'Fn::Sub': `\${CodePrefix}${zip}` } };
    return [id, { ...resource, Properties: { Code, ...properties } }];
  });
  return {
    ...template,
    Parameters: {
      CodeBucket: {
        Type: 'String',
        Description: 'Bucket, in the region of the stack, that holds the zips of the release',
      },
      CodePrefix: {
        Type: 'String',
        Default: codePrefix,
        AllowedPattern: '^$|^.+/$',
        Description: "What the zips' names stand behind in the bucket. Change it with each release",
      },
      ...template.Parameters,
    },
    Resources: Object.fromEntries(resources),
  };
}
