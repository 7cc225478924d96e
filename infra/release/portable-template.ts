import type { Condition } from './conditions.ts';
import type { MergedTemplate } from './merge-templates.ts';

/** A template whose parameters a user gives to CloudFormation itself. */
export interface PortableTemplate extends MergedTemplate {
  readonly AWSTemplateFormatVersion: '2010-09-09';
  readonly Description: string;
  readonly Metadata: unknown;
  readonly Parameters: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly Rules: Readonly<Record<string, unknown>>;
  readonly Conditions: Readonly<Record<string, Condition>>;
}
