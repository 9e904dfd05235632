//! The report's words, in both languages.

use bellwether_domain::Language;

/// Chooses between English and Chinese.
#[derive(Clone, Copy)]
pub struct Words(pub Language);

impl Words {
    /// One of two texts.
    pub fn say(self, en: &str, zh: &str) -> String {
        match self.0 {
            Language::English => en.to_owned(),
            Language::Chinese => zh.to_owned(),
        }
    }

    /// A cleaning rule or a reason for rejection.
    pub fn rule(self, rule: &str) -> String {
        let zh = match rule {
            "exact_duplicate" => "完全重复的行",
            "missing_customer" => "没有客户编号（按匿名销售保留）",
            "cancellation" | "cancelled" | "cancellation_line" => "取消或退货的行",
            "cancellation_matched" => "已对应到原订单的取消行",
            "cancellation_partly_matched" => "部分对应到原订单的取消行",
            "cancellation_unmatched" => "找不到原订单的取消行",
            "non_product" => "非商品（邮费、手续费、手工调整）",
            "zero_price" => "价格为零",
            "negative_price" => "价格为负",
            "name_noise" => "商品名称已整理",
            "missing_name" => "没有商品名称",
            "stock_movement" => "库存变动（无客户）",
            "quantity_outlier" => "数量异常（标记，不删除）",
            "price_outlier" => "价格异常（标记，不删除）",
            "quantity_outlier_of_history" => "数量远离常态（按全部历史，标记）",
            "price_outlier_of_history" => "价格远离常态（按全部历史，标记）",
            "duplicate_event" => "重复事件",
            "bad_number" => "不是数字",
            "bad_date" => "不是日期",
            "field_count" => "列数不符",
            "missing_field" => "缺少必填列",
            "broken_quote" => "引号不完整",
            "not_mapped" => "映射中没有对应的规则",
            other => other,
        };
        self.say(&capitalised(&rule.replace('_', " ")), zh)
    }

    /// A kind of recommendation list.
    pub fn recommender(self, kind: &str) -> String {
        match kind {
            "als" => self.say("Matrix factorisation (ALS)", "矩阵分解（ALS）"),
            "item_to_item" => self.say("Item to item", "商品相似"),
            "popularity" => self.say("Popularity", "热门商品"),
            other => other.to_owned(),
        }
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}
