// A row of the Telco churn table: its 21 columns in their order, with the values that IBM's public sample uses.

export type YesNo = 'No' | 'Yes';
type Line = YesNo | 'No phone service';
export type Option = YesNo | 'No internet service';

export interface TelcoCustomer {
  readonly gender: 'Female' | 'Male';
  readonly SeniorCitizen: 0 | 1;
  readonly Partner: YesNo;
  readonly Dependents: YesNo;
  /** Months, 0 to 72. */
  readonly tenure: number;
  readonly PhoneService: YesNo;
  readonly MultipleLines: Line;
  readonly InternetService: 'DSL' | 'Fiber optic' | 'No';
  readonly OnlineSecurity: Option;
  readonly OnlineBackup: Option;
  readonly DeviceProtection: Option;
  readonly TechSupport: Option;
  readonly StreamingTV: Option;
  readonly StreamingMovies: Option;
  readonly Contract: 'Month-to-month' | 'One year' | 'Two year';
  readonly PaperlessBilling: YesNo;
  readonly PaymentMethod:
    | 'Bank transfer (automatic)'
    | 'Credit card (automatic)'
    | 'Electronic check'
    | 'Mailed check';
  readonly MonthlyCharges: number;
  /** Null (blank in a file) in the first month, and where it was not recorded. */
  readonly TotalCharges: number | null;
}

export interface TelcoRow extends TelcoCustomer {
  readonly customerID: string;
  readonly Churn: YesNo;
}

export const telcoColumns = [
  'customerID',
  'gender',
  'SeniorCitizen',
  'Partner',
  'Dependents',
  'tenure',
  'PhoneService',
  'MultipleLines',
  'InternetService',
  'OnlineSecurity',
  'OnlineBackup',
  'DeviceProtection',
  'TechSupport',
  'StreamingTV',
  'StreamingMovies',
  'Contract',
  'PaperlessBilling',
  'PaymentMethod',
  'MonthlyCharges',
  'TotalCharges',
  'Churn',
] as const satisfies readonly (keyof TelcoRow)[];
