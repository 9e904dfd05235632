// Short names for the generated types that pages pass around.
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Alert = Schemas["Alert"];
export type ArmComparison = Schemas["ArmComparison"];
export type Backtest = Schemas["Backtest"];
export type BacktestCampaign = Schemas["BacktestCampaign"];
export type CampaignDetail = Schemas["CampaignDetail"];
export type CampaignSummary = Schemas["CampaignSummary"];
export type ClusteringChoice = Schemas["ClusteringChoice"];
export type Customer = Schemas["Customer"];
export type CustomerFeatures = Schemas["CustomerFeatures"];
export type CustomerListRow = Schemas["CustomerPage"]["rows"][number];
export type CustomerRecommendations = Schemas["CustomerRecommendations"];
export type CustomerTouch = Schemas["CustomerTouch"];
export type ExperimentDetail = Schemas["ExperimentDetail"];
export type ExperimentSummary = Schemas["ExperimentSummary"];
export type FunnelStep = Schemas["FunnelStep"];
export type HookDetail = Schemas["HookDetail"];
export type MessageRow = Schemas["MessageRow"];
export type MetricResult = Schemas["MetricResult"];
export type Overview = Schemas["Overview"];
export type Quality = Schemas["Quality"];
export type RecommendationOverview = Schemas["RecommendationOverview"];
export type RecommendedItem = Schemas["RecommendedItem"];
export type RejectRow = Schemas["RejectRow"];
export type RfmScores = Schemas["RfmScores"];
export type SegmentDetail = Schemas["SegmentDetail"];
export type SegmentSummary = Schemas["SegmentSummary"];
export type Sentence = Schemas["Sentence"];
export type Session = Schemas["Session"];
export type SourceDetail = Schemas["SourceDetail"];
export type SourceProblem = Schemas["SourceProblem"];
export type SourceSummary = Schemas["SourceSummary"];
export type TimelineEntry = Schemas["TimelineEntry"];
export type TrendPoint = Schemas["TrendPoint"];
